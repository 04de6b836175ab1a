"""The looks of what prompt_toolkit draws: typed text, suggestions, menus, the toolbar.

Owns: the translation of `palette` into prompt_toolkit's style strings.
Does not own: text that is printed above the prompt (paint).
"""

from __future__ import annotations

from prompt_toolkit.styles import Attrs, Style

from . import palette

_HAS_DIM = "dim" in Attrs._fields  # since prompt_toolkit 3.0.50
_ATTRIBUTES = ("bold", "dim")


def style_string(look: str) -> str:
    """A look of `palette` as a style string of prompt_toolkit."""
    words = (word for word in look.split() if word != "dim" or _HAS_DIM)
    return " ".join(word if word in _ATTRIBUTES else f"ansi{word}" for word in words)


def prompt_style() -> Style:
    """The style of the prompt; it sets no background, and menus reverse the user's colours."""
    return Style.from_dict(
        {
            "prompt": "bold",
            "command": "bold",
            # A line that was given up keeps its look.
            "aborting": "noinherit",
            "exiting": "noinherit",
            "auto-suggestion": style_string("dim"),
            "bottom-toolbar": "noinherit reverse",
            "bottom-toolbar.text": "",
            "completion-menu": "noinherit reverse",
            "completion-menu.completion": "",
            "completion-menu.completion.current": "noinherit bold underline",
            "completion-menu.meta.completion": "noinherit reverse",
            "completion-menu.meta.completion.current": "noinherit bold underline",
            "scrollbar.background": "noinherit reverse",
            "scrollbar.button": "noinherit",
            "search": "noinherit underline",
            "incsearch": "noinherit underline",
            "incsearch.current": "noinherit reverse",
        }
    )


def toolbar_style(style: str) -> str:
    """The style string for a style name of `render.spans` in the toolbar.

    Colours are left out: the bar is reversed, so they would become its background.
    """
    return "bold" if "bold" in palette.SPAN_LOOKS.get(style, "").split() else ""
