"""What a room above offers the forms of rooms below it: channels, to which a rule or a goal can be narrowed."""

from collections.abc import Callable, Iterable, Mapping

ChannelNames = Callable[[], Iterable[tuple[str, str]]]
_sources: list[ChannelNames] = []


def offer_channels(source: ChannelNames) -> None:
    """Let rules and goals be narrowed to channels: `source` gives (id, name) of those in scope.

    Called once, by a room that stands above channels, policy and strategy, when it is ready.
    """
    if source not in _sources:
        _sources.append(source)


def channel_names(scopes: Iterable[object] | None = None) -> Mapping[str, str]:
    """Return the names of channels by id; with `scopes`, only when one of them names a channel."""
    if scopes is not None and not any(isinstance(one, Mapping) and one.get("channels") for one in scopes):
        return {}
    return {str(number): name for source in _sources for number, name in source()}
