import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { toast } from "../../state/ui";
import { useAccount } from "../parley";

interface Props {
  codes: readonly string[];
  onDone: () => void;
}

/** New recovery codes, this once: to be copied, kept as a file or printed. */
export function RecoveryCodeList({ codes, onDone }: Props) {
  const { t } = useTranslation();
  const title = useRef<HTMLHeadingElement>(null);
  const server = useAccount((account) => account.server?.name ?? "");
  const username = useAccount((account) => account.me?.username ?? "");
  useEffect(() => title.current?.focus(), []);
  const text = `${t("factor.codesOf", { server, username })}\n\n${codes.join("\n")}\n`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(codes.join("\n"));
    toast(t("factor.copied"));
  };
  const keep = (): void => {
    const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${server.replace(/[^\w.-]+/g, "-") || "parley"}-recovery-codes.txt`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <section className="recovery-codes" aria-labelledby="fresh-codes" data-testid="recovery-codes">
      <h3 id="fresh-codes" ref={title} tabIndex={-1}>
        {t("factor.yourCodes")}
      </h3>
      <p>{t("factor.codesLead")}</p>
      <p className="print-only">{t("factor.codesOf", { server, username })}</p>
      <ol>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="factor-buttons">
        <Button onClick={() => void copy()} data-testid="codes-copy">
          <Icon name="copy" size={18} /> {t("factor.copy")}
        </Button>
        <Button onClick={keep} data-testid="codes-download">
          <Icon name="download" size={18} /> {t("factor.download")}
        </Button>
        <Button onClick={() => window.print()}>
          <Icon name="file" size={18} /> {t("factor.print")}
        </Button>
        <Button look="primary" onClick={onDone} data-testid="codes-done">
          {t("factor.kept")}
        </Button>
      </div>
    </section>
  );
}
