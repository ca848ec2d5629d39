// Elements, as short as they can be written. Texts are always set as text: nothing of the server's becomes markup.

/** h('p', {class: 'note', on: {click}}, 'text', child): attributes null or false are left out. */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const key of Object.keys(attributes || {})) {
    const value = attributes[key];
    if (key === 'on') for (const event of Object.keys(value)) element.addEventListener(event, value[event]);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  fill(element, children);
  return element;
}

function fill(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) fill(element, child);
    else if (child !== null && child !== undefined && child !== false) {
      element.appendChild(typeof child === 'object' ? child : document.createTextNode(String(child)));
    }
  }
}

/** Other children in the place of all that an element had. */
export function swap(element, ...children) {
  while (element.firstChild) element.removeChild(element.firstChild);
  fill(element, children);
  return element;
}

const STOPS = 'a[href], button, input, textarea, summary, [tabindex]';

/** As swap, but whoever is in there with a keyboard stays where they were: by its id, else at the same stop. */
export function redraw(element, ...children) {
  const held = document.activeElement, inside = held && held !== element && element.contains(held);
  const place = inside ? [...element.querySelectorAll(STOPS)].indexOf(held) : -1;
  swap(element, ...children);
  if (!inside) return element;
  const same = held.id ? document.getElementById(held.id) : element.querySelectorAll(STOPS)[place];
  if (same && same.tagName === held.tagName) same.focus({ preventScroll: true });
  return element;
}

export const button = (text, act, attributes) => h('button', { type: 'button', on: { click: act }, ...attributes }, text);
export const link = (text, to, attributes) => h('a', { href: to, ...attributes }, text);

/** A button that acts at the second press; it says so after the first, and forgets it when left. */
export function twice(text, sure, act, attributes) {
  let armed = false;
  const node = button(text, () => {
    if (armed) { act(); return; }
    armed = true;
    node.textContent = sure;
    say(sure);
  }, attributes);
  node.addEventListener('blur', () => { armed = false; node.textContent = text; });
  return node;
}

/** Say something to who cannot see the screen; once, however often it is repeated. */
export function say(text) {
  const region = document.getElementById('kabar');
  if (region && region.textContent !== text) region.textContent = text;
}

/** Put the focus on a heading or a field, so that reading goes on from there. */
export function focusOn(element) {
  if (!element) return;
  if (!/^(A|BUTTON|INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) element.setAttribute('tabindex', '-1');
  element.focus({ preventScroll: false });
}

/** Offer a text as a file. */
export const saveText = (name, text) => saveBlob(name, new Blob([text], { type: 'text/plain;charset=utf-8' }));

export function saveBlob(name, blob) {
  const address = URL.createObjectURL(blob);
  const anchor = h('a', { href: address, download: name });
  document.body.appendChild(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
