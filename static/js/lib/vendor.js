// The user-interface libraries. Only this file and its three neighbours (maplibre.js, terra_draw.js,
// ../../css/fonts.css) name a version; raise it in package.json, then run scripts/vendor.py.
import htm from "../../vendor/htm@3.1.1/htm.mjs";
import { h } from "../../vendor/preact@11.2.0/preact.mjs";

export const html = htm.bind(h);

export {
  Component,
  Fragment,
  createContext,
  createRef,
  h,
  render,
} from "../../vendor/preact@11.2.0/preact.mjs";
export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "../../vendor/preact@11.2.0/hooks.mjs";
export {
  Signal,
  batch,
  computed,
  effect,
  signal,
  untracked,
  useComputed,
  useSignal,
  useSignalEffect,
} from "../../vendor/@preact/signals@2.11.4/signals.mjs";
