import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { useAccountApi } from "../account/useAccountApi";
import { useDeed } from "../useDeed";
import { AuthFrame, Logo } from "./AuthPage";

/** Where the link leads that confirms a mail address. Programs that look into mail press no button. */
export function VerifyPage({ token }: { token: string }) {
  const { t } = useTranslation();
  const api = useAccountApi();
  const [done, setDone] = useState(false);
  const { busy, problem, run } = useDeed({ again: true });
  const confirm = async (): Promise<void> => {
    if (await run(() => api.verifyEmail(token))) setDone(true);
  };
  return (
    <AuthFrame>
      <Logo />
      <h1>{t(done ? "verify.doneTitle" : "verify.title")}</h1>
      <p className="auth-lead">{t(done ? "verify.done" : "verify.lead")}</p>
      <div className="auth-form">
        {problem !== null && <Notice tone="bad">{problem}</Notice>}
        {done ? (
          <Link to="/" className="button primary wide" data-testid="verify-done">
            {t("verify.open")}
          </Link>
        ) : (
          <Button look="primary" wide busy={busy} onClick={() => void confirm()} data-testid="verify-confirm">
            {t("verify.confirm")}
          </Button>
        )}
      </div>
    </AuthFrame>
  );
}
