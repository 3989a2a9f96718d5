// Gives elements their behaviour: <div data-controller="menu map"> loads controllers/menu.js and
// controllers/map.js, and calls the default export of each with the element.

import { watchForms } from "./lib/sent_forms.js";

/** Connect every element below `root` that asks for a controller; one that fails stops no other. */
export function connect(root = document) {
  for (const element of root.querySelectorAll("[data-controller]")) {
    for (const name of element.dataset.controller.split(/\s+/).filter(Boolean)) {
      start(element, name);
    }
  }
}

async function start(element, name) {
  const mark = `connected_${name}`;
  if (element[mark]) return;
  element[mark] = true;
  try {
    const { default: controller } = await import(`./controllers/${name}.js`);
    controller(element);
  } catch (error) {
    console.error(`The controller "${name}" did not start.`, error);
  }
}

watchForms();
connect();
