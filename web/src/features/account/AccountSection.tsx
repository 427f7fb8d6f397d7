import { EmailForm } from "./EmailForm";
import "./account.css";

/** The account itself. */
export default function AccountSection() {
  return <EmailForm />;
}
