import { type FormEvent, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Field } from "../../components/Field";
import { lazily } from "../../components/lazily";
import type { FactorTicket } from "../../gateway/factors";
import { asRequestError, RequestError } from "../../lib/errors";
import { passkeysPossible } from "../../lib/passkeys";
import { PasswordStrength } from "../account/PasswordStrength";
import { useAccount, useErrorText, useParley } from "../parley";
import { PasskeyButton } from "./PasskeyButton";

const SecondStep = lazily(() => import("./SecondStep"));

export type AuthKind = "signup" | "login";

const USERNAME = /^[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?$/;
/** Which field a refusal is about. */
const ABOUT_NAME: ReadonlySet<string> = new Set(["username_taken", "bad_username"]);
const ABOUT_EMAIL: ReadonlySet<string> = new Set(["bad_email", "email_required"]);
const ABOUT_PASSWORD: ReadonlySet<string> = new Set(["weak_password"]);

interface Props {
  kind: AuthKind;
  ownerToken?: string | undefined;
  /** Code of an invitation, to be accepted with a sign-up. */
  invite?: string | undefined;
  submitLabel?: string;
}

/** User name and password, to sign up or to log in. */
export function AuthForm({ kind, ownerToken, invite, submitLabel }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const limits = useAccount((account) => account.server?.limits);
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [email, setEmail] = useState("");
  const emailRequired = useAccount((account) => account.server?.email === "required");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [ticket, setTicket] = useState<FactorTicket | null>(null);

  const nameMin = limits?.username_min ?? 2;
  const nameMax = limits?.username_max ?? 32;
  const passwordMin = limits?.password_min ?? 8;
  const signingUp = kind === "signup";
  const folded = username.trim().toLowerCase();

  const check = (): RequestError | null => {
    if (!signingUp) return null;
    if (folded.length < nameMin || folded.length > nameMax || !USERNAME.test(folded))
      return new RequestError("bad_username", "");
    if ([...password].length < passwordMin) return new RequestError("weak_password", "");
    return null;
  };

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const problem = check();
    if (problem) {
      setFailure(problem);
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      const more = {
        ...(email.trim() === "" ? {} : { email: email.trim() }),
        ...(invite === undefined ? {} : { invite }),
        ...(ownerToken === undefined ? {} : { owner_token: ownerToken }),
      };
      if (signingUp) await parley.signUp(folded, password, more);
      else setTicket(await parley.logIn(folded, password));
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };

  const code = failure === null ? "" : asRequestError(failure).code;
  const text =
    failure === null
      ? null
      : code === "weak_password" && [...password].length < passwordMin
        ? t("auth.passwordShort", { min: passwordMin })
        : say(failure);
  const aboutName = signingUp && ABOUT_NAME.has(code);
  const aboutEmail = signingUp && ABOUT_EMAIL.has(code);
  const aboutPassword = signingUp && ABOUT_PASSWORD.has(code);

  const again = (why: unknown): void => {
    setTicket(null);
    setBusy(false);
    setPassword("");
    setFailure(why);
  };
  if (ticket !== null)
    return (
      <Suspense fallback={null}>
        <SecondStep ticket={ticket} onEnd={again} />
      </Suspense>
    );

  return (
    <form className="auth-form" onSubmit={(event) => void submit(event)} noValidate>
      {text !== null && !aboutName && !aboutEmail && !aboutPassword && <Notice tone="bad">{text}</Notice>}
      <Field
        label={t("auth.username")}
        hint={signingUp ? t("auth.usernameHint") : undefined}
        problem={aboutName ? text : null}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        maxLength={nameMax}
        required
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        data-testid={`${kind}-username`}
      />
      <Field
        label={t("auth.password")}
        hint={signingUp ? t("auth.passwordHint", { min: passwordMin }) : undefined}
        problem={aboutPassword ? text : null}
        name="password"
        type="password"
        autoComplete={signingUp ? "new-password" : "current-password"}
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        data-testid={`${kind}-password`}
      />
      {signingUp && <PasswordStrength password={password} username={folded} />}
      {signingUp && (
        <Field
          label={t(emailRequired ? "email.address" : "auth.emailOptional")}
          hint={t("auth.emailHint")}
          problem={aboutEmail ? text : null}
          name="email"
          type="email"
          autoComplete="email"
          maxLength={254}
          required={emailRequired}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          data-testid="signup-email"
        />
      )}
      <Button
        type="submit"
        look="primary"
        wide
        busy={busy}
        disabled={username.trim() === "" || password === ""}
        data-testid={`${kind}-submit`}
      >
        {submitLabel ?? t(signingUp ? "auth.signUp" : "auth.logIn")}
      </Button>
      {!signingUp && passkeysPossible() && <PasskeyButton onFailure={setFailure} />}
    </form>
  );
}
