"""Hears speech by PocketSphinx, whose wheel brings a model of American English."""

import pocketsphinx

from sentuh.demo.voices.sound import RATE, Samples

_FASTER = {
    "fwdflat": False,
    "maxhmmpf": 3000,
    "maxwpf": 10,
    "beam": 1e-40,
    "wbeam": 1e-25,
}
"""Narrower beams than its defaults: a third of the time, at the same word error on our sentences.

Options: https://pocketsphinx.readthedocs.io/en/latest/config_params.html
"""


class Recogniser:
    """One decoder with its model loaded."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(samprate=RATE, loglevel="FATAL", **_FASTER)

    def hear(self, samples: Samples) -> tuple[str, float]:
        """Return what it hears, and the posterior probability of it; "" and 0 for nothing.

        Example: of "Please call me back after lunch." it hears "please colleague uncapitalized".
        """
        self._decoder.start_utt()
        self._decoder.process_raw(samples.tobytes(), no_search=False, full_utt=True)
        self._decoder.end_utt()
        best = self._decoder.hyp()
        if best is None or not best.hypstr.strip():
            return "", 0.0
        return best.hypstr.strip(), min(max(float(best.prob), 0.0), 1.0)
