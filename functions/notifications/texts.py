"""The built-in texts of each topic, by language. Placeholders in braces are the facts of `shared/topics.py`."""

from dataclasses import dataclass

from shared.topics import TopicName

DEFAULT_LANGUAGE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "yi"})


@dataclass(frozen=True, slots=True)
class Text:
    """A subject, the body of an e-mail (paragraphs between empty lines), and a short text for a phone."""

    subject: str
    body: str
    sms: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every e-mail of a language."""

    hello: str
    unsubscribe: str
    stopped: str
    stop: str


FRAMES = {
    "en": Frame(
        hello="Hello {name},",
        unsubscribe="To get no more e-mails of this kind:",
        stopped="You get no more e-mails of this kind from {school}.",
        stop="Stop these e-mails",
    ),
    "es": Frame(
        hello="Hola, {name}:",
        unsubscribe="Para no recibir más correos de este tipo:",
        stopped="Ya no recibirá correos de este tipo de {school}.",
        stop="No recibir más estos correos",
    ),
    "fr": Frame(
        hello="Bonjour {name},",
        unsubscribe="Pour ne plus recevoir de messages de ce type :",
        stopped="Vous ne recevrez plus de messages de ce type de {school}.",
        stop="Ne plus recevoir ces messages",
    ),
    "hi": Frame(
        hello="नमस्ते {name},",
        unsubscribe="इस प्रकार के ईमेल बंद करने के लिए:",
        stopped="अब {school} से आपको इस प्रकार के ईमेल नहीं मिलेंगे।",
        stop="ये ईमेल बंद करें",
    ),
    "ar": Frame(
        hello="مرحبًا {name}،",
        unsubscribe="لإيقاف رسائل البريد من هذا النوع:",
        stopped="لن تصلك بعد الآن رسائل من هذا النوع من {school}.",
        stop="إيقاف هذه الرسائل",
    ),
}

_PLAIN = Text("{title}", "{content}", "{school}: {title}. {content}")

BUILT_IN: dict[TopicName, dict[str, Text]] = {
    TopicName.ANNOUNCEMENT: dict.fromkeys(FRAMES, _PLAIN),
    TopicName.SAFETY: dict.fromkeys(FRAMES, _PLAIN),
    TopicName.ACCOUNT: dict.fromkeys(FRAMES, Text("{school}", "{text}", "{school}: {text}")),
    TopicName.ABSENCE: {
        "en": Text(
            "{student} is absent today",
            "{student} (class {class}) was marked absent on {date}.\n\nIf you did not know of this, please call the school.",
            "{school}: {student} was marked absent on {date}. If you did not know of this, please call the school.",
        ),
        "es": Text(
            "{student} no ha asistido hoy",
            "{student} (clase {class}) figura como ausente el {date}.\n\nSi no lo sabía, llame por favor a la escuela.",
            "{school}: {student} figura como ausente el {date}. Si no lo sabía, llame a la escuela.",
        ),
        "fr": Text(
            "{student} est absent(e) aujourd’hui",
            "L’absence de {student} (classe {class}) a été relevée le {date}.\n\n"
            "Si vous n’en aviez pas connaissance, merci d’appeler l’établissement.",
            "{school} : absence de {student} le {date}. Si vous l’ignoriez, merci d’appeler l’établissement.",
        ),
        "hi": Text(
            "{student} आज अनुपस्थित हैं",
            "{student} (कक्षा {class}) {date} को अनुपस्थित दर्ज किए गए।\n\nयदि आपको इसकी जानकारी नहीं थी, तो कृपया विद्यालय को फ़ोन करें।",
            "{school}: {student} {date} को अनुपस्थित हैं। जानकारी न हो तो कृपया विद्यालय को फ़ोन करें।",
        ),
        "ar": Text(
            "{student} غائب(ة) اليوم",
            "سُجّل غياب {student} (الصف {class}) بتاريخ {date}.\n\nإن لم تكن على علم بذلك فيُرجى الاتصال بالمدرسة.",
            "{school}: سُجّل غياب {student} بتاريخ {date}. إن لم تكن على علم بذلك فيُرجى الاتصال بالمدرسة.",
        ),
    },
    TopicName.FEE_REMINDER: {
        "en": Text(
            "{student}: {fee} is due on {dueDate}",
            "{fee} for {student} is due on {dueDate}. Open: {amount}.\n\nIf you have paid in the meantime, there is nothing to do.",
            "{school}: {fee} for {student}, {amount}, is due on {dueDate}.",
        ),
        "es": Text(
            "{student}: {fee} vence el {dueDate}",
            "{fee} de {student} vence el {dueDate}. Pendiente: {amount}.\n\nSi ya ha pagado, no tiene que hacer nada.",
            "{school}: {fee} de {student}, {amount}, vence el {dueDate}.",
        ),
        "fr": Text(
            "{student} : {fee} à régler avant le {dueDate}",
            "{fee} pour {student} est à régler avant le {dueDate}. Reste dû : {amount}.\n\n"
            "Si vous avez payé entre-temps, vous n’avez rien à faire.",
            "{school} : {fee} pour {student}, {amount}, à régler avant le {dueDate}.",
        ),
        "hi": Text(
            "{student}: {fee} की अंतिम तिथि {dueDate}",
            "{student} की {fee} {dueDate} तक देय है। बकाया: {amount}।\n\nयदि आपने भुगतान कर दिया है, तो कुछ करने की आवश्यकता नहीं।",
            "{school}: {student} की {fee}, {amount}, {dueDate} तक देय है।",
        ),
        "ar": Text(
            "{student}: يُستحق {fee} في {dueDate}",
            "يُستحق {fee} الخاص بـ {student} في {dueDate}. المبلغ المتبقي: {amount}.\n\nإن كنت قد دفعت، فلا حاجة إلى أي إجراء.",
            "{school}: يُستحق {fee} الخاص بـ {student}، {amount}، في {dueDate}.",
        ),
    },
    TopicName.FEE_OVERDUE: {
        "en": Text(
            "{student}: {fee} is overdue",
            "{fee} for {student} was due on {dueDate} and is still open: {amount}.\n\nPlease pay, or speak with the school's office.",
            "{school}: {fee} for {student}, {amount}, was due on {dueDate} and is still open.",
        ),
        "es": Text(
            "{student}: {fee} está vencido",
            "{fee} de {student} venció el {dueDate} y sigue pendiente: {amount}.\n\nPor favor, pague o hable con la oficina de la escuela.",
            "{school}: {fee} de {student}, {amount}, venció el {dueDate} y sigue pendiente.",
        ),
        "fr": Text(
            "{student} : {fee} en retard",
            "{fee} pour {student} était à régler avant le {dueDate} et reste dû : {amount}.\n\n"
            "Merci de régler ou de contacter le secrétariat.",
            "{school} : {fee} pour {student}, {amount}, était à régler avant le {dueDate} et reste dû.",
        ),
        "hi": Text(
            "{student}: {fee} की तिथि निकल चुकी है",
            "{student} की {fee} {dueDate} तक देय थी और अब भी बकाया है: {amount}।\n\nकृपया भुगतान करें या विद्यालय कार्यालय से बात करें।",
            "{school}: {student} की {fee}, {amount}, {dueDate} तक देय थी और अब भी बकाया है।",
        ),
        "ar": Text(
            "{student}: تأخر سداد {fee}",
            "استحق {fee} الخاص بـ {student} في {dueDate} ولم يُسدد بعد: {amount}.\n\nيُرجى السداد أو التواصل مع مكتب المدرسة.",
            "{school}: استحق {fee} الخاص بـ {student}، {amount}، في {dueDate} ولم يُسدد بعد.",
        ),
    },
    TopicName.RECEIPT: {
        "en": Text(
            "{student}: receipt {receiptNumber}",
            "We have received {amount} for {student} on {date}. Thank you. The receipt's number is {receiptNumber}.",
            "{school}: {amount} received for {student} on {date}. Receipt {receiptNumber}.",
        ),
        "es": Text(
            "{student}: recibo {receiptNumber}",
            "Hemos recibido {amount} de {student} el {date}. Gracias. El número del recibo es {receiptNumber}.",
            "{school}: recibidos {amount} de {student} el {date}. Recibo {receiptNumber}.",
        ),
        "fr": Text(
            "{student} : reçu {receiptNumber}",
            "Nous avons reçu {amount} pour {student} le {date}. Merci. Le numéro du reçu est {receiptNumber}.",
            "{school} : {amount} reçus pour {student} le {date}. Reçu {receiptNumber}.",
        ),
        "hi": Text(
            "{student}: रसीद {receiptNumber}",
            "{student} के लिए {amount} {date} को प्राप्त हुए। धन्यवाद। रसीद संख्या {receiptNumber} है।",
            "{school}: {student} के लिए {amount} {date} को प्राप्त। रसीद {receiptNumber}।",
        ),
        "ar": Text(
            "{student}: إيصال {receiptNumber}",
            "استلمنا {amount} عن {student} بتاريخ {date}. شكرًا لكم. رقم الإيصال {receiptNumber}.",
            "{school}: استُلم {amount} عن {student} بتاريخ {date}. الإيصال {receiptNumber}.",
        ),
    },
}
