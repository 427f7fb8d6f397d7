/** Texte des eigenen Kontos und der Einstellungen. */

import type { enAccount } from "./en.account";

export const deAccount: Record<keyof typeof enAccount, string> = {
  "settings.section.profile": "Profil",
  "settings.section.privacy": "Privatsphäre",
  "settings.section.look": "Aussehen",
  "settings.section.notifications": "Benachrichtigungen",
  "settings.section.voice": "Sprache",
  "settings.topic.account": "Konto",
  "settings.topic.app": "Dieses Gerät",
  "settings.back": "Zur Liste der Einstellungen",
  "settings.leave": "Einstellungen verlassen",
  "settings.close": "Einstellungen schließen",
  "settings.notificationsNot": "Dieser Browser hat keine Benachrichtigungen.",
  "proof.title": "Bist du es?",
  "proof.lead": "Gib noch einmal dein Passwort ein, bevor das geändert wird.",
  "proof.password": "Dein Passwort",
  "proof.action": "Weiter",
  "error.bad_proof": "Das ist nicht dein Passwort. Versuche es noch einmal.",
  "error.proof_required": "Nichts wurde geändert: Dazu wird dein Passwort gebraucht.",
};
