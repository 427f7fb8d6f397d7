import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Field, Select } from "../../components/Field";
import { PasswordStrength } from "../account/PasswordStrength";
import { useAccountApi } from "../account/useAccountApi";
import { useLoaded } from "../account/useLoaded";
import { useAccount } from "../parley";
import { useDeed } from "../useDeed";
import { AuthFrame, Logo } from "./AuthPage";

/** For those who forgot their password: asks for their mail address. */
export function RecoverPage() {
  const { t } = useTranslation();
  const api = useAccountApi();
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const { busy, problem, run } = useDeed({ again: true });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await run(() => api.askRecovery(email.trim()))) setSent(true);
  };
  return (
    <AuthFrame>
      <Logo />
      <h1>{t("recover.title")}</h1>
      <p className="auth-lead">{t(sent ? "recover.sent" : "recover.lead")}</p>
      {!sent && (
        <form className="auth-form" onSubmit={(event) => void submit(event)} noValidate>
          <Field
            label={t("email.address")}
            problem={problem}
            type="email"
            autoComplete="email"
            maxLength={254}
            required
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            data-testid="recover-email"
          />
          <Button
            type="submit"
            look="primary"
            wide
            busy={busy}
            disabled={email.trim() === ""}
            data-testid="recover-ask"
          >
            {t("recover.ask")}
          </Button>
        </form>
      )}
      <p className="auth-other">
        <Link to="/login">{t("auth.logIn")}</Link>
      </p>
    </AuthFrame>
  );
}

/** Where the link leads that was sent. */
export function NewPasswordPage({ token }: { token: string }) {
  const { t } = useTranslation();
  const api = useAccountApi();
  const [load] = useState(() => async () => (await api.recoverable(token)).usernames);
  const { value: usernames, problem } = useLoaded(load);
  const [done, setDone] = useState(false);
  return (
    <AuthFrame>
      <Logo />
      <h1>{t(done ? "recover.doneTitle" : "recover.newTitle")}</h1>
      {done && <p className="auth-lead">{t("recover.done")}</p>}
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      {usernames !== null && !done && (
        <NewPassword token={token} usernames={usernames} onDone={() => setDone(true)} />
      )}
      <p className="auth-other">
        <Link to={problem === null ? "/login" : "/recover"}>
          {t(problem === null ? "auth.logIn" : "recover.again")}
        </Link>
      </p>
    </AuthFrame>
  );
}

interface NewPasswordProps {
  token: string;
  usernames: readonly string[];
  onDone: () => void;
}

function NewPassword({ token, usernames, onDone }: NewPasswordProps) {
  const { t } = useTranslation();
  const api = useAccountApi();
  const min = useAccount((account) => account.server?.limits.password_min ?? 8);
  const [username, setUsername] = useState(usernames[0] ?? "");
  const [password, setPassword] = useState("");
  const { busy, problem, run } = useDeed({ again: true });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await run(() => api.recover(token, username, password))) onDone();
  };
  return (
    <form className="auth-form" onSubmit={(event) => void submit(event)}>
      {usernames.length > 1 ? (
        <Select
          label={t("auth.username")}
          value={username}
          options={usernames.map((each) => ({ value: each, label: each }))}
          onChange={setUsername}
        />
      ) : (
        <Field label={t("auth.username")} autoComplete="username" value={username} readOnly />
      )}
      <Field
        label={t("security.newPassword")}
        hint={t("auth.passwordHint", { min })}
        problem={problem}
        type="password"
        autoComplete="new-password"
        required
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        data-testid="recover-password"
      />
      <PasswordStrength password={password} username={username} />
      <Button
        type="submit"
        look="primary"
        wide
        busy={busy}
        disabled={password === ""}
        data-testid="recover-finish"
      >
        {t("security.changePassword")}
      </Button>
    </form>
  );
}
