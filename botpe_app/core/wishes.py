"""What a customer's whole message asks for in the way of marketing: to stop it, or to have it.

Only a message that is nothing but such a word counts: "stop" does, "don't stop by today" does not.
"""

from __future__ import annotations

import re
import unicodedata

STOP, START = "stop", "start"

_STOP = """
en: stop, stop all, stopall, unsubscribe, opt out, optout, opt-out, remove me, stop messages,
 stop promotions, stop marketing, stop sending, no more messages, end, quit, do not contact
de: stopp, abmelden, abbestellen, abbestellung, keine werbung, austragen
es: parar, pare, baja, darme de baja, dar de baja, cancelar suscripción,
 cancelar suscripcion, no más mensajes, detener promociones
pt: pare, parar, sair, cancelar inscrição, cancelar inscricao, descadastrar, remover, não quero mais
 receber, parar promoções, parar promocoes
fr: arrêt, arret, arrêter, arreter, désabonner, desabonner, me désabonner, désinscrire, desinscrire,
 me désinscrire, arrêter les promotions
it: ferma, disiscrivi, disiscrivimi, cancellami, annulla iscrizione, interrompi promozioni
nl: afmelden, uitschrijven, stoppen, geen reclame
da: afmeld, stop sms
sv: avsluta, avregistrera, sluta
nb: avmeld, slutt
fi: lopeta, peruuta tilaus
pl: wypisz, wypisz mnie, rezygnuję, rezygnuje, zatrzymaj
cs: odhlásit, odhlasit, zrušit odběr
ro: dezabonare, oprește, opreste
hu: leiratkozás, leiratkozom, leállítás
el: διακοπή, στοπ, διαγραφή
ru: стоп, отписаться, отпишите, отписка, отключить
uk: відписатися, відписка, зупинити
tr: dur, durdur, iptal et, abonelikten çık, ret
ar: توقف, إيقاف, ايقاف, إلغاء الاشتراك, الغاء الاشتراك, قف
he: הסר, הסירו, להסיר, עצור
fa: توقف, لغو اشتراک, لغو
hi: रोकें, रुको, बंद करो, बंद करें, सदस्यता समाप्त
bn: থামুন, বন্ধ করুন, বন্ধ
ur: بند کریں, روکیں
ta: நிறுத்து, நிறுத்தவும்
te: ఆపు, ఆపండి
id: berhenti, berhenti berlangganan, keluar
ms: henti, henti langganan
tl: itigil, ihinto
vi: dừng, dừng lại, hủy, hủy đăng ký, từ chối
th: หยุด, ยกเลิก, เลิกรับ
ja: 停止, 配信停止, 解除, ストップ
ko: 중지, 수신거부, 그만
zh: 停止, 退订, 退訂, 取消订阅, 取消訂閱, td
sw: simama
af: staak
"""
_START = """
en: start, unstop, subscribe, opt in, optin, opt-in, resume
de: starten, anmelden
es: alta, reanudar, suscribirme, suscribir
pt: voltar, inscrever, assinar, reativar
fr: reprendre, abonner, m'abonner, s'abonner
it: riprendi, iscrivimi
nl: aanmelden, inschrijven
pl: zapisz mnie
ru: старт, подписаться
uk: підписатися
tr: başlat, abone ol
ar: ابدأ, ابدا, اشتراك
he: התחל, הרשמה
hi: शुरू, शुरू करें
id: mulai, langganan
vi: bắt đầu, đăng ký
th: เริ่ม, สมัคร
ja: 再開, 登録
ko: 시작, 구독
zh: 开始, 開始, 订阅, 訂閱
"""
_LONGEST = 60  # characters; nobody asks for it at length
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def _plain(said: str) -> str:
    said = unicodedata.normalize("NFKC", said).casefold()
    return " ".join(_AROUND.sub("", _keeping_marks(said)).split())


def _keeping_marks(said: str) -> str:
    """Emoji and symbols go; letters keep the marks that belong to them."""
    return "".join(c if unicodedata.category(c)[0] in "LMNP" else " " for c in said).strip()


def _read(lists: str) -> frozenset[str]:
    joined = lists.replace("\n ", " ").split("\n")
    words = (word for line in joined for word in line.partition(":")[2].split(","))
    return frozenset(plain for word in words if (plain := _plain(word)))


_STOPS, _STARTS = _read(_STOP), _read(_START)


def wish(said: str) -> str:
    """STOP, START, or "" for any other message."""
    if len(said) > _LONGEST:
        return ""
    plain = _plain(said)
    if plain in _STOPS:
        return STOP
    return START if plain in _STARTS else ""
