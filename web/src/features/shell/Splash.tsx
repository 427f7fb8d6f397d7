import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** A quick start shows nothing at all; only a slow one says that it is under way. */
const SAY_AFTER_MS = 400;
const EXPLAIN_AFTER_MS = 6_000;

export function Splash() {
  const { t } = useTranslation();
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [
      setTimeout(() => setStage(1), SAY_AFTER_MS),
      setTimeout(() => setStage(2), EXPLAIN_AFTER_MS),
    ];
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div className="splash" role="status">
      {stage > 0 && (
        <>
          <span className="spinner" />
          <span>{t(stage === 1 ? "splash.starting" : "splash.slow")}</span>
        </>
      )}
    </div>
  );
}
