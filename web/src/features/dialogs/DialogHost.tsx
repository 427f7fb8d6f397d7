import { Suspense } from "react";
import { lazily } from "../../components/lazily";
import { closeDialog } from "../../state/ui";
import { useUi } from "../parley";

const Dialogs = lazily(() => import("./dialogs"));

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
