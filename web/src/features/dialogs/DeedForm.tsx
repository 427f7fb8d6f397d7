import { type ReactNode, useState } from "react";
import { Notice } from "../../components/Button";
import { useDeed } from "../useDeed";
import { DialogFoot } from "./DialogFoot";
import { ReasonField } from "./ReasonField";

interface Props {
  action: string;
  valid?: boolean;
  look?: "primary" | "danger";
  testId?: string;
  /** Whether one can say why, for the audit log. */
  reasoned?: boolean;
  work: (reason?: string) => Promise<void>;
  onClose: () => void;
  /** Beside the buttons. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A form that does one thing, says what went wrong, and closes when it is done. */
export function DeedForm({
  action,
  valid = true,
  look,
  testId = "deed",
  reasoned = false,
  work,
  onClose,
  aside,
  children,
}: Props) {
  const [reason, setReason] = useState("");
  const { busy, problem, run } = useDeed();
  const submit = async (): Promise<void> => {
    if (valid && (await run(() => work(reason.trim() || undefined)))) onClose();
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {children}
      {reasoned && <ReasonField value={reason} onChange={setReason} />}
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <DialogFoot {...{ action, busy, valid, testId, onClose, aside }} {...(look && { look })} />
    </form>
  );
}
