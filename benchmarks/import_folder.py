"""How long a folder of images takes to import, to import again, and to export. One JSON line.

python benchmarks/import_folder.py [FOLDER] [--group-from scene]

FOLDER holds images/ and annotations.json; without one, the demo's pool is imported.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from app.dataset.exporting import export_coco
from app.dataset.importing import import_folder
from app.home.image_files import ImageFiles
from db.store.session import migrate, open_store

DEMO = Path(__file__).resolve().parents[1] / "static" / "demo"


def main() -> None:
    """Measure in a fresh home and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument("--group-from", metavar="FIELD")
    options = parser.parse_args()
    root = options.folder or DEMO
    annotations = root / ("annotations.json" if options.folder else "pool.json")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.db"
        migrate(url)
        store, files = open_store(url), ImageFiles(Path(folder))
        first, again = (
            import_folder(
                store, files, images_dir=root / "images", annotations=annotations, group_from=options.group_from
            )
            for _ in range(2)
        )
        began = time.perf_counter()
        exported = export_coco(store)
        export_s = time.perf_counter() - began
        store.close()
    told = {
        "benchmark": "import_folder",
        "folder": root.name,
        "images": first.images_new,
        "persons": first.persons,
        "complaints": len(first.complaints),
        "import_s": round(first.seconds, 2),
        "import_again_s": round(again.seconds, 2),
        "export_s": round(export_s, 3),
        "exported_persons": len(exported["annotations"]),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
