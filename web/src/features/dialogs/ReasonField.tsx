import { useTranslation } from "react-i18next";
import { Field } from "../../components/Field";
import { useAccount } from "../parley";

interface Props {
  value: string;
  onChange: (reason: string) => void;
  /** Without a label to be seen. */
  bare?: boolean;
}

/** Why: for the audit log, if one likes. */
export function ReasonField({ value, onChange, bare = false }: Props) {
  const { t } = useTranslation();
  const max = useAccount((account) => account.server?.limits.reason_max ?? 512);
  const common = {
    value,
    maxLength: max,
    autoComplete: "off",
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    "data-testid": "reason",
  };
  if (bare)
    return (
      <input className="input" aria-label={t("reason.label")} placeholder={t("reason.bare")} {...common} />
    );
  return <Field label={t("reason.label")} placeholder={t("reason.placeholder")} {...common} />;
}
