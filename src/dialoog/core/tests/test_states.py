import pytest

from dialoog.core.states import ForbiddenMove, Graph, UnknownState


def test_an_edge_to_nowhere_is_found_when_the_graph_is_made():
    with pytest.raises(UnknownState, match="nowhere"):
        Graph("post", initial="draft", edges={"draft": ("nowhere",)})


def test_a_state_that_no_edge_reaches_is_found_when_the_graph_is_made():
    with pytest.raises(UnknownState, match="lonely"):
        Graph("post", initial="draft", edges={"draft": (), "lonely": ()})


def test_only_moves_along_edges_are_allowed():
    graph = Graph("post", initial="draft", edges={"draft": ("sent",), "sent": ()})
    graph.check("draft", "sent")
    with pytest.raises(ForbiddenMove, match="sent can't become draft"):
        graph.check("sent", "draft")
