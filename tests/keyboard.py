"""What a person with a keyboard alone meets on a screen: every stop of the Tab key, in order, each to be seen."""

from __future__ import annotations

from typing import Any

# Everything that may be pressed or typed into, numbered in the order of the page, and how it looks unfocused.
MARK = """() => {
  const look = (item) => { const s = getComputedStyle(item);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow].join('|'); };
  const shown = (item) => item.type === 'file' && item.labels.length ? item.labels[0] : item;
  const all = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, video[controls], [tabindex]')];
  const there = all.filter((item) => !item.disabled && item.tabIndex >= 0 && shown(item).checkVisibility()
    && shown(item).getClientRects().length && getComputedStyle(shown(item)).visibility === 'visible');
  const groups = {};
  for (const item of there) if (item.type === 'radio') (groups[item.name] = groups[item.name] || []).push(item);
  // Of a group of radio buttons Tab reaches the chosen one, or else one; the arrows reach the others.
  const stops = there.filter((item) => item.type !== 'radio'
    || item === (groups[item.name].find((one) => one.checked) || groups[item.name][0]));
  document.querySelectorAll('[data-stop]').forEach((item) => item.removeAttribute('data-stop'));
  stops.forEach((item, k) => { item.dataset.stop = k; item.dataset.look = look(shown(item)); });
  return stops.map((item) => item.outerHTML.slice(0, 120));
}"""
TOP = """() => {
  const first = document.createElement('span');
  first.tabIndex = -1;
  document.body.prepend(first);
  first.focus();
  first.remove();
  window.scrollTo(0, 0);
}"""
HERE = """() => {
  const item = document.activeElement;
  if (!item || item === document.body || item === document.documentElement) return null;
  const shown = item.type === 'file' && item.labels.length ? item.labels[0] : item;
  const s = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const look = [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow].join('|');
  const ring = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none';
  // A link that runs over two lines has nothing in the middle of its box: any of its own boxes will do.
  const seen = [...shown.getClientRects()].some((part) => [2, part.height / 2, part.height - 2].some((down) => {
    const over = document.elementFromPoint(part.left + part.width / 2, part.top + down);
    return over && (shown.contains(over) || over.contains(shown));
  }));
  let fixed = false;
  for (let up = shown; up; up = up.parentElement) {
    fixed = fixed || ['sticky', 'fixed'].includes(getComputedStyle(up).position) || up.className === 'skip';
  }
  const stop = item.dataset.stop === undefined ? -1 : Number(item.dataset.stop), down = window.scrollY;
  return { stop, html: item.outerHTML.slice(0, 120),
    visible: ring && look !== item.dataset.look, seen, fixed,
    box: [box.left, box.top, box.right, box.bottom].join(), top: box.top + down, bottom: box.bottom + down };
}"""


def to_top(page: Any) -> None:
    """The next Tab goes to the first stop of the page."""
    page.evaluate(TOP)


def faults_by_keyboard(page: Any) -> list[str]:
    """What is wrong for who presses Tab from the top to the end; empty where nothing is."""
    page.wait_for_load_state()  # without its style sheets nothing shows where the focus is
    to_top(page)
    expected = page.evaluate(MARK)
    told: list[str] = []
    reached: list[int] = []
    before = 0.0
    for _ in range(len(expected) + 3):
        page.keyboard.press("Tab")
        here = _here(page)
        if here is None or here["stop"] in reached[:1]:
            break
        if here["stop"] < 0:
            told.append(f"a stop where nothing can be done: {here['html']}")
            continue
        if reached and here["stop"] <= reached[-1]:
            told.append(f"out of order or trapped: {here['html']}")
            break
        reached.append(here["stop"])
        if not here["visible"]:
            told.append(f"the focus is not seen: {here['html']}")
        if not here["seen"]:
            told.append(f"covered at {here['box']} while it has the focus: {here['html']}")
        if not here["fixed"]:
            if here["bottom"] <= before:
                told.append(f"above what came before it: {here['html']}")
            before = here["top"]
    else:
        told.append("the focus never leaves the page")
    return told + [f"not reached: {expected[k]}" for k in range(len(expected)) if k not in reached]


def _here(page: Any) -> Any:
    """What has the focus, once the page has scrolled to it."""
    here = page.evaluate(HERE)
    for _ in range(120):  # a busy machine scrolls slowly
        if here is None or here["seen"]:
            break
        page.wait_for_timeout(25)
        here = page.evaluate(HERE)
    return here


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until something has the focus."""
    if page.evaluate("(s) => document.activeElement.matches(s)", selector):
        return
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def press(page: Any, selector: str, key: str = "Enter") -> None:
    """Go to something from the top by Tab alone, and press a key there."""
    to_top(page)
    tab_to(page, selector)
    page.keyboard.press(key)
