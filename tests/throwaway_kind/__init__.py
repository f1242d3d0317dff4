"""A kind of question made for a test alone: the answer is a whole number.

It has one file for each room of `questions.ROOMS`, in a folder named for the room. The test puts
them into a copy of the house, changes nothing else there, and lets a question of this kind go from
the catalog to its verdict and its earnings.
"""
