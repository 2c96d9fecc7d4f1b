"""`make screenshots`: pictures of the pages on demo data, light and dark, into docs/images."""

import sys
import tempfile
from pathlib import Path

from athlete_intel import pipeline
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from tools.app_in_browser import chromium, serving, settle

IMAGES = Path(__file__).parents[1] / "docs" / "images"
PAGES = {
    "overview": "",
    "rankings": "rankings",
    "compare": "compare",
    "bundles": "bundles",
    "plan": "plan",
    "earnings": "earnings",
    "health": "health",
    "drift": "drift",
    "models": "models",
    "payouts": "payouts",
}
IN_DARK = ("overview",)


def main() -> None:
    """Build a demo workspace of its own, open each page and take its picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        write_demo(Path(folder) / "demo", load_scenario("calm"))
        pipeline.run_import(settings, load_mapping("demo"), Path(folder) / "demo", pipeline.utc_now())
        pipeline.build(settings, pipeline.utc_now())
        with serving(settings.home, "demo") as address, chromium() as browser:
            for scheme, names in (("light", tuple(PAGES)), ("dark", IN_DARK)):
                context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
                page = context.new_page()
                for name in names:
                    page.goto(f"{address}/{PAGES[name]}")
                    settle(page)
                    page.wait_for_timeout(1_000)  # charts fade in
                    target = IMAGES / f"{name}{'-dark' if scheme == 'dark' else ''}.png"
                    page.screenshot(path=target)
                    sys.stdout.write(f"{target}\n")
                context.close()


if __name__ == "__main__":
    main()
