"""What the screens say of decisions in their places and of other systems that a step waits for."""

from __future__ import annotations

ROUTES: dict[str, tuple[str, str]] = {
    "decision.at": ("作出于“{deed}”", "Made at “{deed}”"),
    "decision.version": ("版本 {version}", "version {version}"),
    "decision.earlier": ("此前的 {count} 条，已由后来的取代", "{count} earlier, superseded since"),
}
