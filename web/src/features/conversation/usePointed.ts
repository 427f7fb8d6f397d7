import { type PointerEvent, useEffect, useRef, useState } from "react";

/** Whether a row is pointed at: by a mouse over it, or by a finger that touched it last. */
export function usePointed() {
  const element = useRef<HTMLElement>(null);
  const [pointed, setPointed] = useState(false);
  const [touched, setTouched] = useState(false);
  useEffect(() => {
    if (!touched) return;
    const elsewhere = (): void => {
      setTouched(false);
      setPointed(false);
    };
    // The touch that began this has to be over first.
    const timer = setTimeout(() => document.addEventListener("pointerdown", elsewhere, { once: true }), 0);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerdown", elsewhere);
    };
  }, [touched]);
  return {
    pointed,
    /** Look anew: what was open over it is closed, and has kept from here where the pointer went. */
    look: () => setPointed(element.current?.matches(":hover") ?? false),
    pointing: {
      ref: element,
      onPointerEnter: (event: PointerEvent) => {
        if (event.pointerType !== "touch") setPointed(true);
      },
      onPointerLeave: (event: PointerEvent) => {
        if (event.pointerType !== "touch") setPointed(false);
      },
      onClick: (event: { nativeEvent: Event; target: EventTarget }) => {
        const touch = (event.nativeEvent as globalThis.PointerEvent).pointerType === "touch";
        if (!touch || (event.target as HTMLElement).closest("a, button, input, summary")) return;
        setTouched(true);
        setPointed(true);
      },
    },
  };
}
