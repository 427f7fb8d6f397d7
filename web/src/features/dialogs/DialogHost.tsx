import { Suspense } from "react";
import { lazily } from "../../components/lazily";
import { closeDialog } from "../../state/ui";
import { useUi } from "../parley";

const ProofDialog = lazily(() => import("../proof/ProofDialog"));
const Dialogs = lazily(() => import("./dialogs"));

/** Shows the dialog that was asked for; its code comes when it is first needed. */
export function DialogHost() {
  const dialog = useUi((state) => state.dialog);
  const proof = useUi((state) => state.proof);
  return (
    <Suspense fallback={null}>
      {dialog !== null && <Dialogs dialog={dialog} onClose={closeDialog} />}
      {proof !== null && <ProofDialog onEnd={proof} />}
    </Suspense>
  );
}
