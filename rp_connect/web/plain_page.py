"""A page without a template, for when there is none to be had: a heading and a sentence."""

from __future__ import annotations


def plain_page(heading: str, sentence: str, *, sheet: str = "", link: str = "") -> str:
    """Of our own words. `sheet` is the address of a style sheet; `link` says what the first page is."""
    look = f'<link rel="stylesheet" href="{sheet}">' if sheet else ""
    way = f'<p><a class="button" href="/">{link}</a></p>' if link else ""
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{heading} – rp-connect</title>\n{look}</head>\n"
        '<body>\n<main id="main" class="wrap">\n<div class="fault">\n'
        f'<h1>{heading}</h1>\n<p class="lead">{sentence}</p>\n{way}</div>\n</main>\n</body>\n</html>\n'
    )
