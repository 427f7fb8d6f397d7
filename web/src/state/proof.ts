/** Sensitive changes want a fresh proof of who one is: what the server refuses for want of one is tried once more after it. */

import type { FactorKind } from "../gateway/factors";
import { asRequestError } from "../lib/errors";
import { ui } from "./ui";

let asking: Promise<boolean> | null = null;

/** Shows the dialog that asks; true once they have shown who they are, false when they would not. */
function askForProof(kinds: readonly FactorKind[]): Promise<boolean> {
  asking ??= new Promise<boolean>((resolve) => {
    ui.setState({
      proofKinds: kinds,
      proof: (shown) => {
        ui.setState({ proof: null });
        asking = null;
        resolve(shown);
      },
    });
  });
  return asking;
}

/** Does `work`; where the server wants a proof first, asks for it and does it once more. */
export async function withProof<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, data } = asRequestError(error);
    const kinds = (data["kinds"] ?? []) as FactorKind[];
    if (code !== "proof_required" || !(await askForProof(kinds))) throw error;
    return work();
  }
}
