// Copies the text of the input named by data-copy-from, and says so.

export default function copy(button) {
  const source = document.getElementById(button.dataset.copyFrom);
  const label = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 2000);
  });
}
