// Three helpers and the words, which the server translated into an attribute.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const words = JSON.parse(document.body.dataset.words || '{}');

export function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text ?? '';
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// Private windows may refuse storage; a preference that isn't kept is no reason to stop.
export const kept = {
  get(name) { try { return localStorage.getItem(`dialoog.${name}`); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(`dialoog.${name}`, value); } catch { /* not kept */ } },
};
