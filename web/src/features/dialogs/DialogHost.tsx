import { lazy, Suspense } from "react";
import { closeDialog } from "../../state/ui";
import { useUi } from "../parley";

const Dialogs = lazy(() => import("./dialogs"));

/** Shows the dialog that was asked for; its code comes when it is first needed. */
export function DialogHost() {
  const dialog = useUi((state) => state.dialog);
  if (dialog === null) return null;
  return (
    <Suspense fallback={null}>
      <Dialogs dialog={dialog} onClose={closeDialog} />
    </Suspense>
  );
}
