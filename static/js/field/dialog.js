// A sheet over the page: it takes the focus, and gives it back to where it came from.

import { useEffect, useRef } from "../lib/vendor.js";

/** A reference for a <dialog> that opens as it appears. */
export function useDialog() {
  const dialog = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => {
      // What was pressed may be gone by now, as Check in is once the visit goes on.
      const place = before?.isConnected && before !== document.body ? before : null;
      (place ?? document.getElementById("view"))?.focus({ preventScroll: true });
    };
  }, []);
  return dialog;
}
