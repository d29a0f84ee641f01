"""What the screens say of decisions in their places and of other systems that a step waits for."""

from __future__ import annotations

ROUTES: dict[str, tuple[str, str]] = {
    "decision.at": ("作出于“{deed}”", "Made at “{deed}”"),
    "decision.version": ("版本 {version}", "version {version}"),
    "awaited.title": ("“{step}”在等外部系统", "“{step}” waits for another system"),
    "awaited.text": (
        "外部系统一直没有答复时，您可以查明情况后代为登记。以先到的答复为准；没有办成的，转管理员处理。",
        "If it does not answer, find out and enter the result in its place. The first answer stands; where it failed, an administrator is asked.",
    ),
    "awaited.said": ("依据（必填）", "What you go by (required)"),
    "awaited.missing": (
        "请写明依据，如外部系统里的查询结果。",
        "Say what you go by, such as what the other system shows.",
    ),
    "awaited.done": ("登记为已办成", "Enter as done"),
    "awaited.failed": ("登记为没有办成", "Enter as failed"),
    "awaited.answered": ("已登记", "Entered"),
    "step.other_system": ("外部系统", "another system"),
    "decision.earlier": ("此前的 {count} 条，已由后来的取代", "{count} earlier, superseded since"),
}
