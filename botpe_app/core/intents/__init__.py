"""Which intent an utterance means: learnt from phrases in seconds, told in about a millisecond.

No network and no model from elsewhere: the phrases themselves are all that it knows.
"""

from botpe_app.core.intents.classifier import OUT_OF_SCOPE, Classifier, Guess, learn

__all__ = ["OUT_OF_SCOPE", "Classifier", "Guess", "learn"]
