import { type ClipboardEvent, type DragEvent, useCallback, useState } from "react";
import type { Place } from "../../state/places";
import { useAccount, useMay, useParley } from "../parley";

/** Files that are chosen, pasted, or dropped over a conversation. */
export function useAttaching(place: Place) {
  const parley = useParley();
  const may = useMay(place.groupId, place.id);
  const allowed = may("attach_files") && may("send_messages");
  const bytes = useAccount((account) => account.server?.limits.file_max_bytes ?? 25 * 1024 * 1024);
  const files = useAccount((account) => (account.server?.limits.sections_max ?? 10) - 1);
  const [over, setOver] = useState(false);
  const attach = useCallback(
    (list: FileList | null | undefined): boolean => {
      if (!allowed || !list || list.length === 0) return false;
      parley.uploads.add(place.id, [...list], { files, bytes });
      document.getElementById("composer")?.focus();
      return true;
    },
    [allowed, bytes, files, parley, place.id],
  );
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
  return {
    allowed,
    attach,
    /** What was spoken. */
    speak: (file: File) => {
      parley.uploads.add(place.id, [file], { files, bytes }, true);
      document.getElementById("composer")?.focus();
    },
    /** Files are held over the conversation. */
    over: over && allowed,
    dropping: {
      onDragOver: (event: DragEvent) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: (event: DragEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      },
      onDrop: (event: DragEvent) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(false);
        attach(event.dataTransfer.files);
      },
    },
    pasted: (event: ClipboardEvent) => {
      // A text that programs put beside its picture is meant as a text.
      if (event.clipboardData.types.includes("text/plain")) return;
      if (attach(event.clipboardData.files)) event.preventDefault();
    },
  };
}
