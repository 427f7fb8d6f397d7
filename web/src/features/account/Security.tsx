import { LogIns } from "./LogIns";
import { PasswordForm } from "./PasswordForm";
import "./account.css";

/** How one comes into the account, and who is in it. */
export default function Security() {
  return (
    <>
      <PasswordForm />
      <LogIns />
    </>
  );
}
