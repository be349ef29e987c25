/* Sentences of a page, written in its template so that they can be translated:

     <template data-texts><span data-text="left">Nog {n} seconden</span> … </template>

   `texts(root)` gives say(name, values), which fills in what stands between braces. */

export function texts(root) {
  const written = new Map();
  const template = root.querySelector(":scope > template[data-texts]");
  for (const item of template?.content.querySelectorAll("[data-text]") ?? []) {
    written.set(item.dataset.text, item.textContent.trim());
  }
  return (name, values = {}) => {
    const text = written.get(name);
    if (text === undefined) {
      console.error(`no text "${name}" in the template`);
      return "";
    }
    return text.replace(/\{(\w+)\}/g, (_whole, value) => String(values[value] ?? ""));
  };
}
