from tests.app.web.served import server as server
