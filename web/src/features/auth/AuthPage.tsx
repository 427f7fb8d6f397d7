import { Link, Navigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/Button";
import { useAccount } from "../parley";
import { Splash } from "../shell/Splash";
import { AuthForm, type AuthKind } from "./AuthForm";
import "./auth.css";

/** The frame of all pages before one is in. */
export function AuthFrame({ children }: { children: ReactNode }) {
  const server = useAccount((account) => account.server);
  return (
    <div className="auth">
      <main className="auth-card">{children}</main>
      <footer className="auth-foot">
        {server && (
          <>
            {server.name} · Parley {server.version}
          </>
        )}
      </footer>
    </div>
  );
}

export function Logo({ size = 44 }: { size?: number }) {
  return <img src="/icon.svg" width={size} height={size} alt="" className="logo" />;
}

interface Props {
  kind: AuthKind;
  ownerToken?: string | undefined;
  next?: string | undefined;
}

export function AuthPage({ kind, ownerToken, next }: Props) {
  const { t } = useTranslation();
  const state = useAccount((account) => account.state);
  const name = useAccount((account) => account.server?.name ?? "");
  const door = useAccount((account) => account.server?.sign_up ?? "open");
  const signingUp = kind === "signup";

  const needsMail = useAccount((account) => account.server?.email === "required");
  const signUpLead = needsMail ? "auth.signUpLeadMail" : "auth.signUpLead";
  const lead = signingUp ? (ownerToken ? "auth.ownerLead" : signUpLead) : "auth.logInLead";

  if (state === "starting") return <Splash />;
  // Only a path of this page: an address from outside must not lead away.
  if (state === "in")
    return <Navigate to={next?.startsWith("/") && !next.startsWith("//") ? next : "/"} replace />;
  return (
    <AuthFrame>
      <Logo />
      <h1>{t(signingUp ? "auth.signUpTitle" : "auth.logInTitle", { server: name })}</h1>
      <p className="auth-lead">
        {t(lead, {
          server: name,
        })}
      </p>
      {signingUp && door !== "open" && !ownerToken ? (
        <Notice tone="warn">{t(door === "closed" ? "error.signup_closed" : "error.invite_required")}</Notice>
      ) : (
        <AuthForm kind={kind} ownerToken={ownerToken} />
      )}
      {!signingUp && (
        <p className="auth-other">
          <Link to="/recover" data-testid="forgot">
            {t("recover.forgot")}
          </Link>
        </p>
      )}
      <p className="auth-other">
        {t(signingUp ? "auth.haveAccount" : "auth.noAccount")}{" "}
        <Link to={signingUp ? "/login" : "/signup"} search={next ? { next } : {}}>
          {t(signingUp ? "auth.logIn" : "auth.signUp")}
        </Link>
      </p>
    </AuthFrame>
  );
}
