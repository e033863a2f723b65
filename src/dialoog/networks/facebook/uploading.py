"""Films for a page: in pieces, with an id before anybody sees them.

Source: https://developers.facebook.com/docs/graph-api/reference/page/videos (upload_phase start, transfer, finish)
"""

from typing import Any, Final

from dialoog.networks.answers import understood
from dialoog.networks.api import File
from dialoog.networks.errors import TryLater
from dialoog.networks.meta import VERSION, Graph
from dialoog.networks.values import Video

# Facebook says how much it wants at a time; more than this we don't hold in memory.
MOST_BYTES: Final = 16 * 1024 * 1024
MOST_PIECES: Final = 4096


def upload(api: Graph, page: str, video: Video) -> dict[str, str]:
    """Send a film's bytes, and return its id and the session that `finish` will publish.

    Errors: TryLater("media_processing") when Facebook keeps asking for the same bytes.
    """
    path = f"{VERSION}/{page}/videos"
    begun = api.json(api.call("POST", path, form={"upload_phase": "start", "file_size": str(video.size)}))
    with understood():
        film = {"id": str(begun["video_id"]), "session": str(begun["upload_session_id"])}
        start, end = int(begun["start_offset"]), int(begun["end_offset"])
    with video.open() as file:
        for _ in range(MOST_PIECES):
            if start >= end:
                return film
            file.seek(start)
            piece = file.read(min(end - start, MOST_BYTES))
            start, end = _transfer(api, path, film["session"], start, piece)
    raise TryLater(60, "media_processing", sent=True)


def _transfer(api: Graph, path: str, session: str, start: int, piece: bytes) -> tuple[int, int]:
    form = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": str(start)}
    files: dict[str, Any] = {"video_file_chunk": File("chunk", piece, "application/octet-stream")}
    told = api.json(api.call("POST", path, form=form, files=files, timeout=60))
    with understood():
        return int(told["start_offset"]), int(told["end_offset"])
