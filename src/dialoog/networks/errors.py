"""The four errors of a connector; each says what to do next, and nothing else may leave one."""


class NetworkError(Exception):
    """What the four have in common: a code that screens translate, never a sentence, never a secret."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class TryLater(NetworkError):
    """Nothing was published; the same call may be made again.

    Units: `after_seconds`, the wait that the network asked for, or a guess of ours.
    Shape: `sent` is True when the network received the request and turned it away (a limit),
           False when the request never got there or changed nothing.
    """

    def __init__(
        self, after_seconds: float, reason_code: str, *, sent: bool = False, detail: str = ""
    ) -> None:
        super().__init__(reason_code, detail)
        self.after_seconds = after_seconds
        self.reason_code = reason_code
        self.sent = sent


class Refused(NetworkError):
    """Nothing was published, and the same request will never be taken: a person must change it."""


class NeedsConsent(NetworkError):
    """The grant is no longer good: somebody must connect the channel again."""


class OutcomeUnknown(NetworkError):
    """The request may have been carried out: look (`find`) before anything is sent again."""
