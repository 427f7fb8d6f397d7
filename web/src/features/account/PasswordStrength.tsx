import { useTranslation } from "react-i18next";
import { useAccount } from "../parley";
import { useAdvice } from "./useAdvice";
import "./strength.css";

const SCORE_MAX = 4;

/** How good a new password is, below its field. */
export function PasswordStrength({ password, username }: { password: string; username: string }) {
  const { t } = useTranslation();
  const min = useAccount((account) => account.server?.limits.password_min ?? 8);
  const advice = useAdvice(password, username, min);
  const words =
    advice === null
      ? ""
      : t(advice.refused === "weak_password" ? "strength.refused" : `strength.${advice.score}`);
  return (
    <div className="strength" aria-live="polite" data-testid="strength">
      {advice !== null && (
        <>
          <meter
            min={0}
            max={SCORE_MAX}
            low={2}
            high={3}
            optimum={SCORE_MAX}
            value={advice.refused === null ? Math.max(advice.score, 0.5) : 0.5}
            aria-label={t("strength.label")}
          />
          <span>{words}</span>
        </>
      )}
    </div>
  );
}
