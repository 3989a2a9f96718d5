// Chooses the browser's own time zone in a list, unless somebody has chosen already.

export default function guessTimeZone(select) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const untouched = select.selectedIndex === 0;
  if (untouched && [...select.options].some((option) => option.value === zone)) {
    select.value = zone;
  }
}
