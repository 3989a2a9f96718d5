// Brings the entry that is marked as current into view in a list that scrolls sideways.

export default function scrollToCurrent(element) {
  const current = element.querySelector("[aria-current]");
  if (!current) return;
  const middle = current.offsetLeft + current.offsetWidth / 2;
  element.scrollLeft = middle - element.clientWidth / 2;
}
