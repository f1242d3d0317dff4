"""Intake: which model outputs people must see, each with the rules it is judged by."""
