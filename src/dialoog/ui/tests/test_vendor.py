"""Files of others are what the lock says, and each has its licence."""

from dialoog.ui import vendor


def test_every_vendored_file_is_what_the_lock_says():
    assert vendor.problems(vendor.read_lock()) == []


def test_a_changed_file_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(vendor, "ROOM", tmp_path)
    entry = vendor.Vendored(file="a.js", package="a", version="1", licence="MIT", source="a.js", sha256="0")
    assert "is missing" in vendor.problems([entry])[0]
    (tmp_path / "a.js").write_text("other")
    assert "differs" in vendor.problems([entry])[0]


def test_every_package_has_its_licence_beside_it():
    folder = vendor.ROOM / "static/dialoog/licences"
    said = " ".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert len(list(folder.iterdir())) >= len({entry.package for entry in vendor.read_lock()}) - 1
    assert "SIL OPEN FONT LICENSE" in said.upper()
    assert "MIT License" in said


def test_nothing_of_others_lies_outside_the_lock():
    own = {
        "app.js",
        "dom.js",
        "forms.js",
        "keys.js",
        "live.js",
        "saving.js",
        "swaps.js",
        "mark.svg",
        "chevron.svg",
    }
    locked = {entry.file.rpartition("/")[2] for entry in vendor.read_lock()}
    there = {path.name for path in (vendor.ROOM / "static/dialoog").iterdir() if path.is_file()}
    assert {name for name in there - own - locked if not name.endswith(".css")} == set()
