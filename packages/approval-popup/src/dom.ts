/** Making and patching elements. What is there is never made anew, so that focus and what was typed stay. */

type Attributes = Readonly<Record<string, string | null>>

/** Sets attributes; null takes one away. What is so already is left alone. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name)
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
  }
}

/** Sets the text, where it is another one: a live region must not speak twice. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** An element with attributes and children. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  set(element, attributes)
  element.append(...children)
  return element
}

const svgSpace = 'http://www.w3.org/2000/svg'

/** An SVG element. */
export function draw(name: 'svg' | 'path' | 'circle', attributes: Attributes, ...children: Node[]): SVGElement {
  const element = document.createElementNS(svgSpace, name)
  set(element, attributes)
  element.append(...children)
  return element
}
