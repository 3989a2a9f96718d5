// A text field that offers lines below it while somebody types: the ARIA combobox with a listbox.
// The field keeps the focus; arrows move through the lines, Enter takes one, Escape closes.

const PAUSE_MS = 160; // after the last key, so that not every letter asks the server

/** Return which line is active after a key, -1 for none; the ends meet. */
export function moved(active, count, key) {
  if (count === 0) return -1;
  if (key === "ArrowDown") return active + 1 >= count ? 0 : active + 1;
  if (key === "ArrowUp") return active <= 0 ? count - 1 : active - 1;
  return active;
}

/** Return what a screen reader is told of so many lines. */
export function told(count) {
  if (count === 0) return "No suggestion.";
  return count === 1 ? "1 suggestion." : `${count} suggestions.`;
}

/**
 * Make a field a combobox. `load(text, signal)` returns [{label, detail}], null where it failed;
 * `pick(line)` is called with the line taken; `enter(text)`, if given, with what is in the field
 * when Enter is pressed on no line. `note` stands below the lines.
 */
export function combobox(input, { load, pick, enter, note }) {
  const list = listBelow(input, note);
  let lines = [];
  let active = -1;
  let waiting = 0;
  let asked = null;

  const close = () => {
    clearTimeout(waiting);
    asked?.abort();
    list.box.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  };
  const activate = (index) => {
    active = index;
    list.options.forEach((option, n) => option.setAttribute("aria-selected", String(n === index)));
    const option = list.options[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const take = (index) => {
    const line = lines[index];
    close();
    if (line) pick(line);
  };
  const show = (found) => {
    lines = found;
    list.fill(found, take);
    list.say(told(found.length));
    list.box.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    activate(-1);
    if (found.length > 0) list.box.scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const text = input.value.trim();
    if (text.length < 2) return close();
    const found = await load(text, signal);
    if (!signal.aborted && found) show(found);
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("blur", () => setTimeout(close, 120)); // a press on a line comes first
  input.addEventListener("keydown", (event) => {
    const open = !list.box.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) activate(moved(active, lines.length, event.key));
      else ask();
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      take(active);
    } else if (event.key === "Enter" && enter) {
      event.preventDefault();
      close();
      enter(input.value.trim());
    }
  });
  return { close, say: list.say };
}

/** Put an empty list below a field, and the attributes that tie the two together. */
function listBelow(input, note) {
  const id = `${input.id}-lines`;
  const box = element("div", "combobox__box");
  const lines = element("ul", "combobox__lines");
  const status = element("p", "visually-hidden");
  Object.assign(lines, { id, role: "listbox" });
  lines.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "Suggestions");
  status.setAttribute("role", "status");
  box.hidden = true;
  box.append(lines);
  if (note) box.append(Object.assign(element("p", "combobox__note"), { textContent: note }));
  const holder = element("div", "combobox");
  input.replaceWith(holder);
  holder.append(input, box, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
  })) {
    input.setAttribute(name, value);
  }
  const found = { box, options: [] };
  found.say = (text) => {
    status.textContent = text;
  };
  found.fill = (rows, take) => {
    found.options = rows.map((row, index) => optionOf(row, `${id}-${index}`, () => take(index)));
    lines.replaceChildren(...found.options);
  };
  return found;
}

function optionOf({ label, detail }, id, take) {
  const option = Object.assign(element("li", "combobox__line"), { id, role: "option" });
  option.append(Object.assign(element("span", ""), { textContent: label }));
  if (detail) {
    option.append(Object.assign(element("span", "combobox__detail"), { textContent: detail }));
  }
  option.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus
  option.addEventListener("click", take);
  return option;
}

function element(name, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}
