import { useTranslation } from "react-i18next";
import { Field } from "../../components/Field";

interface Props {
  kind: "totp" | "recovery";
  value: string;
  onChange: (value: string) => void;
  problem?: string | null;
  focus?: boolean;
}

/** For a code of the authenticator app, or a recovery code. */
export function CodeField({ kind, value, onChange, problem = null, focus = true }: Props) {
  const { t } = useTranslation();
  const app = kind === "totp";
  return (
    <Field
      key={kind}
      label={t(app ? "factor.code" : "factor.recoveryCode")}
      name={kind}
      autoFocus={focus}
      autoComplete={app ? "one-time-code" : "off"}
      inputMode={app ? "numeric" : "text"}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      maxLength={app ? 12 : 48}
      required
      placeholder={app ? "123 456" : "abcdef-ghijkl-mnopqr-stuvwx"}
      value={value}
      problem={problem}
      onChange={(event) => onChange(event.target.value)}
      data-testid={`factor-code-${kind}`}
    />
  );
}
