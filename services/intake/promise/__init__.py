"""A gate with a promise: the threshold that people's verdicts prove to be safe.

For each model, version and task type: at most `max_error` of the outputs that nobody sees are
wrong. That is true of every threshold ever used, with the operator's confidence, however often one
looks. `python -m bench.gate` measures it on planted truth.

bands: where a confidence falls. audits: how many of the outputs above the threshold people see.
wealth: evidence against "more than `max_error` are wrong". learned: what is kept, and how a lesson
is folded. thresholds: the lowest threshold that is proved. watch: whether the model became worse.
standing: all of it as one state of the gate, and what that means for an output. So far all is
pure counting. made, naming: which promise a catalog makes, which gate an output comes to. drawing:
decides an output by how its gate stands. entries, teaching: decide what a verdict teaches.
metrics: shows it.
"""
