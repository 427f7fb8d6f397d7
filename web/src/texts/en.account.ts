/** Texts of one's own account and settings. */

export const enAccount = {
  "settings.section.profile": "Profile",
  "settings.section.privacy": "Privacy",
  "settings.section.look": "Look",
  "settings.section.notifications": "Notifications",
  "settings.section.voice": "Voice",
  "settings.topic.account": "Account",
  "settings.topic.app": "This device",
  "settings.back": "To the list of settings",
  "settings.leave": "Leave the settings",
  "settings.close": "Close the settings",
  "settings.notificationsNot": "This browser has no notifications.",
  "proof.title": "Is it you?",
  "proof.lead": "Enter your password once more before this is changed.",
  "proof.password": "Your password",
  "proof.action": "Continue",
  "error.bad_proof": "This is not your password. Try again.",
  "error.proof_required": "Nothing was changed: it needs your password.",
} as const;
