"""The only module that sends JavaScript to a browser. The code is fixed; what varies are numbers and keys of our own."""

from __future__ import annotations

import json

from nicegui import Client
from nicegui.element import Element


def reload(client: Client) -> None:
    """Load the page again, as after a session ended."""
    client.run_javascript("location.reload()")


def leave(client: Client) -> None:
    """Go to the sign-in page, as after signing out; whoever signs in next is not led to this page."""
    client.run_javascript("location.replace('/sign-in?left=hall')")


def print_page(client: Client) -> None:
    """Open the browser's own dialog for printing, from which a PDF can be saved as well."""
    client.run_javascript("window.print()")


def focus(element: Element) -> None:
    """Move the keyboard to an element and show it, so that a screen reader says what is new there."""
    # The element's own client: the handler that asks may belong to a part of the page that is gone by now.
    element.client.run_javascript(
        # Not by its id, which may be one of our own; and a control stays where the Tab key finds it.
        f"setTimeout(() => {{ const c = getElement({int(element.id)}), e = c && (c.$el || c);"
        " if (e) { if (e.tabIndex < 0) e.setAttribute('tabindex', '-1'); e.focus(); e.scrollIntoView({block: 'nearest'}); } }, 60)"
    )


def forget_typed(client: Client, key: str) -> None:
    """Forget what was typed under a key (`data-keep`) and kept over a reload."""
    client.run_javascript(f"sessionStorage.removeItem('banshi/typed/' + {json.dumps(key)})")


def to_top(element: Element) -> None:
    """Show the beginning of the page that an element is on."""
    element.client.run_javascript("window.scrollTo(0, 0)")


def scroll_to_now(element: Element) -> None:
    """Scroll a box of its own sideways to where things stand in it now; the page stays where it is."""
    element.client.run_javascript(
        f"setTimeout(() => {{ const box = getHtmlElement({int(element.id)}), now = box && box.querySelector('.dg-step.is-active');"
        " if (now) { const at = now.getBoundingClientRect(), frame = box.getBoundingClientRect();"
        " box.scrollLeft += at.left - frame.left - (frame.width - at.width) / 2; } }, 60)"
    )


def save_file(client: Client, data: bytes, name: str, media_type: str) -> None:
    """Let the browser save bytes as a file."""
    client.download(data, name, media_type)


def show_dialog(element: Element) -> None:
    """Open a native dialog, which keeps the keyboard inside until it is closed."""
    element.client.run_javascript(f"getHtmlElement({int(element.id)})?.showModal()")


def close_dialog(element: Element) -> None:
    """Close a native dialog."""
    element.client.run_javascript(f"getHtmlElement({int(element.id)})?.close()")


def copy_text(element: Element) -> None:
    """Put what stands in a text field on the clipboard; also where the page is not served over https."""
    element.client.run_javascript(
        f"(() => {{ const field = getHtmlElement({int(element.id)}); if (!field) return; field.select();"
        " if (navigator.clipboard) navigator.clipboard.writeText(field.value); else document.execCommand('copy'); })()"
    )
