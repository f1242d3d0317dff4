"""Combines rankings of a few candidates; each counts by how often its worker orders a pair right.

A ranking is its comparisons of pairs, as Bradley and Terry (1952) have them. Who compares has a
reliability, as in Crowd-BT (Chen, Bennett, Collins-Thompson and Horvitz, "Pairwise ranking
aggregation in a crowdsourced setting", WSDM 2013): of a pair they say with probability w what is
true. The best is far ahead of all others, of whose order nothing is supposed; then what speaks for
a candidate is how many it is put before, as Borda counts, which is the likeliest winner under such
errors (Conitzer and Sandholm, "Common voting rules as maximum likelihood estimators", UAI 2005).
Two candidates without ties give exactly what a choice between them gives.
"""

from services.qa.agreement.preference.stopping import stop
from services.qa.agreement.preference.tallying import PreferenceTally, tally
from services.qa.agreement.preference.teaching import lessons
from services.qa.agreement.preference.weighing import weigh
from services.qa.agreement.terms import Agreement
from shared.contracts.question import Answer
from shared.contracts.questions.preference import PreferenceQuestion

__all__ = ["AGREEMENT", "PreferenceTally", "lessons", "stop", "tally", "weigh"]

AGREEMENT = Agreement[PreferenceQuestion, Answer, PreferenceTally](
    weigh=weigh, tally=tally, stop=stop, lessons=lessons
)
"""The four functions that turn workers' rankings into a verdict."""
